package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// difference compares inputs, or settings, by their topmost names. A registry's login changes often and makes no other
// image: of "registry" and "registryAuth" another server or address counts alone.
func difference(olds, news resource.PropertyMap) *pulumirpc.DiffResponse {
	detail := map[string]*pulumirpc.PropertyDiff{}
	if found := olds.Diff(news, resource.IsInternalPropertyKey, isVersion); found != nil {
		for key := range found.Adds {
			detail[string(key)] = &pulumirpc.PropertyDiff{Kind: pulumirpc.PropertyDiff_ADD}
		}
		for key := range found.Deletes {
			detail[string(key)] = &pulumirpc.PropertyDiff{Kind: pulumirpc.PropertyDiff_DELETE}
		}
		for key, change := range found.Updates {
			if counts(key, change) {
				detail[string(key)] = &pulumirpc.PropertyDiff{Kind: pulumirpc.PropertyDiff_UPDATE}
			}
		}
	}
	if len(detail) == 0 {
		return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}
	}
	return &pulumirpc.DiffResponse{
		Changes:         pulumirpc.DiffResponse_DIFF_SOME,
		DetailedDiff:    detail,
		HasDetailedDiff: true,
	}
}

func counts(key resource.PropertyKey, change resource.ValueDiff) bool {
	if key != "registry" && key != "registryAuth" {
		return true
	}
	var entries []*resource.ObjectDiff
	if change.Object != nil {
		entries = append(entries, change.Object)
	}
	if change.Array != nil {
		for _, entry := range change.Array.Updates {
			entries = append(entries, entry.Object)
		}
	}
	for _, entry := range entries {
		if entry == nil {
			return true
		}
		_, server := entry.Updates["server"]
		_, address := entry.Updates["address"]
		if server || address {
			return true
		}
	}
	return false
}

func isVersion(key resource.PropertyKey) bool { return key == "version" }
