package standin

import (
	"sort"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

var kinds = map[plugin.DiffKind]pulumirpc.PropertyDiff_Kind{
	plugin.DiffAdd:           pulumirpc.PropertyDiff_ADD,
	plugin.DiffAddReplace:    pulumirpc.PropertyDiff_ADD_REPLACE,
	plugin.DiffDelete:        pulumirpc.PropertyDiff_DELETE,
	plugin.DiffDeleteReplace: pulumirpc.PropertyDiff_DELETE_REPLACE,
	plugin.DiffUpdate:        pulumirpc.PropertyDiff_UPDATE,
	plugin.DiffUpdateReplace: pulumirpc.PropertyDiff_UPDATE_REPLACE,
}

// Diff compares inputs as the official plugins' library does: by the place of each change, down to list elements. A
// change at exactly one of the places in replaces asks for a replacement, any other for an update.
func Diff(olds, news resource.PropertyMap, replaces ...string) *pulumirpc.DiffResponse {
	response := &pulumirpc.DiffResponse{
		Changes:         pulumirpc.DiffResponse_DIFF_NONE,
		HasDetailedDiff: true,
		DetailedDiff:    map[string]*pulumirpc.PropertyDiff{},
	}
	difference := olds.Diff(news)
	if difference == nil || !difference.AnyChanges() {
		return response
	}
	response.Changes = pulumirpc.DiffResponse_DIFF_SOME
	for place, detail := range plugin.NewDetailedDiffFromObjectDiff(difference, false) {
		kind := detail.Kind
		for _, replacing := range replaces {
			if place == replacing {
				kind = kind.AsReplace()
				response.Replaces = append(response.Replaces, place)
			}
		}
		response.DetailedDiff[place] = &pulumirpc.PropertyDiff{Kind: kinds[kind], InputDiff: detail.InputDiff}
		response.Diffs = append(response.Diffs, place)
	}
	sort.Strings(response.Diffs)
	return response
}
