package standin

import (
	"fmt"
	"sort"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Kind is the type of an input.
type Kind string

const (
	String  Kind = "string"
	Bool    Kind = "boolean"
	Number  Kind = "number"
	Integer Kind = "integer"
	List    Kind = "list"
	Strings Kind = "map of strings"
	Object  Kind = "object"
)

// Field describes one input; Fields is set for an Object.
type Field struct {
	Kind     Kind
	Required bool
	Fields   Shape
}

// Shape is the set of inputs that a resource or function knows.
type Shape map[string]Field

// Check reports missing, unknown and mistyped inputs; values unknown at preview pass.
func (b *Base) Check(owner string, shape Shape, inputs resource.PropertyMap) []*pulumirpc.CheckFailure {
	return b.check(owner, "", shape, inputs)
}

func (b *Base) check(owner, prefix string, shape Shape, inputs resource.PropertyMap) []*pulumirpc.CheckFailure {
	var failures []*pulumirpc.CheckFailure
	fail := func(name, reason string) {
		failures = append(failures, &pulumirpc.CheckFailure{Property: name, Reason: reason})
	}
	for name, field := range shape {
		if _, given := inputs[resource.PropertyKey(name)]; field.Required && !given {
			fail(prefix+name, fmt.Sprintf("Missing required field '%s%s' on '%s'", prefix, name, owner))
		}
	}
	for key, raw := range inputs {
		name, value := string(key), Plain(raw)
		if prefix == "" && (name == "version" || strings.HasPrefix(name, "__")) {
			continue
		}
		field, known := shape[name]
		switch {
		case !known:
			fail(prefix+name, b.Refusal(fmt.Sprintf("property %q of %s", prefix+name, owner)))
		case !field.Kind.matches(value):
			fail(prefix+name, fmt.Sprintf("Field '%s%s' on '%s' must be a '%s'; got '%s' instead",
				prefix, name, owner, field.Kind, value.TypeString()))
		case field.Kind == Object && value.IsObject():
			failures = append(failures, b.check(owner, prefix+name+".", field.Fields, value.ObjectValue())...)
		}
	}
	sort.Slice(failures, func(i, j int) bool { return failures[i].Property < failures[j].Property })
	return failures
}

func (k Kind) matches(value resource.PropertyValue) bool {
	if value.IsComputed() || value.IsOutput() {
		return true
	}
	switch k {
	case String:
		return value.IsString()
	case Bool:
		return value.IsBool()
	case Number:
		return value.IsNumber()
	case Integer:
		return value.IsNumber() && value.NumberValue() == float64(int64(value.NumberValue()))
	case List:
		return value.IsArray()
	case Strings:
		if !value.IsObject() {
			return false
		}
		for _, element := range value.ObjectValue() {
			if !String.matches(element) {
				return false
			}
		}
		return true
	case Object:
		return value.IsObject()
	}
	return false
}
