package main

import (
	"sort"
	"strings"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

// renderer collects the types of nested objects while it renders what refers to them.
type renderer struct {
	types map[string]schema.ComplexTypeSpec
}

// packageSchema is the package's schema without its prose: names, types, what is required and what is secret, by the
// bridge's own rules. The engine, `pulumi import` and the bridge's type check ask for it.
// Format: https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/
func packageSchema(info *tfbridge.ProviderInfo) schema.PackageSpec {
	r := renderer{types: map[string]schema.ComplexTypeSpec{}}
	config := r.object("", info.P.Schema(), info.Config, false)
	spec := schema.PackageSpec{
		Name: info.Name, Version: version, Description: origin, Types: r.types,
		Meta:      &schema.MetadataSpec{ModuleFormat: "(.*)(?:/[^/]*)"},
		Config:    schema.ConfigSpec{Variables: config.Properties},
		Provider:  &schema.ResourceSpec{ObjectTypeSpec: config, InputProperties: config.Properties},
		Resources: map[string]schema.ResourceSpec{},
		Functions: map[string]schema.FunctionSpec{},
	}
	info.P.ResourcesMap().Range(func(key string, resource shim.Resource) bool {
		known := info.Resources[key]
		spec.Resources[string(known.Tok)] = r.resource(resource.Schema(), known)
		return true
	})
	info.P.DataSourcesMap().Range(func(key string, source shim.Resource) bool {
		known := info.DataSources[key]
		spec.Functions[string(known.Tok)] = r.function(source.Schema(), known)
		return true
	})
	return spec
}

func (r renderer) resource(fields shim.SchemaMap, known *tfbridge.ResourceInfo) schema.ResourceSpec {
	name := lastPart(string(known.Tok))
	inputs := r.object(name, fields, known.Fields, true)
	outputs := r.object(name, fields, known.Fields, false)
	delete(inputs.Properties, "id")
	delete(outputs.Properties, "id")
	return schema.ResourceSpec{
		ObjectTypeSpec: outputs, InputProperties: inputs.Properties, RequiredInputs: inputs.Required,
		StateInputs: &schema.ObjectTypeSpec{Type: "object", Properties: outputs.Properties},
	}
}

func (r renderer) function(fields shim.SchemaMap, known *tfbridge.DataSourceInfo) schema.FunctionSpec {
	name := lastPart(string(known.Tok))
	inputs := r.object(name, fields, known.Fields, true)
	outputs := r.object(name, fields, known.Fields, false)
	if _, has := outputs.Properties["id"]; !has {
		outputs.Properties["id"] = schema.PropertySpec{TypeSpec: schema.TypeSpec{Type: "string"}}
		outputs.Required = append(outputs.Required, "id")
	}
	return schema.FunctionSpec{Inputs: &inputs, Outputs: &outputs}
}

// object renders the fields that a program sets (inputs) or all of them.
func (r renderer) object(owner string, fields shim.SchemaMap, infos map[string]*tfbridge.SchemaInfo, inputs bool) schema.ObjectTypeSpec {
	spec := schema.ObjectTypeSpec{Type: "object", Properties: map[string]schema.PropertySpec{}}
	fields.Range(func(key string, field shim.Schema) bool {
		if field.Removed() != "" || inputs && !field.Optional() && !field.Required() {
			return true
		}
		name := tfbridge.TerraformToPulumiNameV2(key, fields, infos)
		info := infos[key]
		spec.Properties[name] = schema.PropertySpec{
			TypeSpec:           r.field(owner+strings.ToUpper(name[:1])+name[1:], field, info),
			DeprecationMessage: field.Deprecated(),
			Secret:             field.Sensitive() || field.WriteOnly() || info != nil && info.Secret != nil && *info.Secret,
		}
		if required(field, info, inputs) {
			spec.Required = append(spec.Required, name)
		}
		return true
	})
	sort.Strings(spec.Required)
	return spec
}

// required is the opposite of the bridge's isOptional (pkg/tfgen/generate.go).
func required(field shim.Schema, info *tfbridge.SchemaInfo, inputs bool) bool {
	filled := info != nil && info.HasDefault()
	if inputs {
		return !field.Optional() && !field.Computed() && !filled
	}
	return !field.Optional() || field.Computed() || filled
}

// field is the type of one property; a block that may come once is no list.
func (r renderer) field(name string, field shim.Schema, info *tfbridge.SchemaInfo) schema.TypeSpec {
	switch field.Type() {
	case shim.TypeBool:
		return schema.TypeSpec{Type: "boolean"}
	case shim.TypeInt:
		return schema.TypeSpec{Type: "integer"}
	case shim.TypeFloat:
		return schema.TypeSpec{Type: "number"}
	case shim.TypeMap:
		element := r.element(name, field, info)
		return schema.TypeSpec{Type: "object", AdditionalProperties: &element}
	case shim.TypeList, shim.TypeSet:
		element := r.element(name, field, info)
		if tfbridge.IsMaxItemsOne(field, info) {
			return element
		}
		return schema.TypeSpec{Type: "array", Items: &element}
	default:
		return schema.TypeSpec{Type: "string"}
	}
}

func (r renderer) element(name string, field shim.Schema, info *tfbridge.SchemaInfo) schema.TypeSpec {
	var inner *tfbridge.SchemaInfo
	if info != nil {
		inner = info.Elem
	}
	switch element := field.Elem().(type) {
	case shim.Schema:
		return r.field(name, element, inner)
	case shim.Resource:
		var infos map[string]*tfbridge.SchemaInfo
		if inner != nil {
			infos = inner.Fields
		}
		token := "github:index/" + name + ":" + name
		nested := r.object(name, element.Schema(), infos, false)
		nested.Required = r.object(name, element.Schema(), infos, true).Required
		r.types[token] = schema.ComplexTypeSpec{ObjectTypeSpec: nested}
		return schema.TypeSpec{Ref: "#/types/" + token}
	default:
		return schema.TypeSpec{Type: "string"}
	}
}

func lastPart(token string) string { return token[strings.LastIndex(token, ":")+1:] }
