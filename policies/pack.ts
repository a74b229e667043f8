import { PolicyPack } from "@pulumi/policy";
import { exemptionPolicy } from "./exemptions.ts";
import { policiesFor } from "./policy.ts";
import { subjects } from "./subject.ts";

new PolicyPack("slipway", { policies: [...subjects.flatMap(policiesFor), exemptionPolicy] });
