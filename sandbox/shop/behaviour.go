package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// behaviours says in which ways the application misbehaves, each with its duration (0 where it takes none).
type behaviours map[string]time.Duration

// takesSeconds lists every behaviour, and whether it takes a number of seconds, as in "slow-start:5".
var takesSeconds = map[string]bool{
	"ok":              false,
	"exit":            false,
	"unhealthy":       false,
	"wrong-version":   false,
	"smoke-fails":     false,
	"ignore-sigterm":  false,
	"migration-fails": false,
	"dies-after":      true,
	"slow-start":      true,
	"slow-health":     true,
}

func (b behaviours) has(kind string) bool {
	_, set := b[kind]
	return set
}

// parseBehaviours reads a list such as "slow-start:3,ignore-sigterm"; an empty text means "ok".
func parseBehaviours(text string) (behaviours, error) {
	found := behaviours{}
	if text == "" {
		return found, nil
	}
	for _, entry := range strings.Split(text, ",") {
		kind, number, timed := strings.Cut(entry, ":")
		wantsSeconds, known := takesSeconds[kind]
		if !known || timed != wantsSeconds {
			return nil, fmt.Errorf("APP_BEHAVIOUR=%q: %q is not a behaviour of shop", text, entry)
		}
		found[kind] = 0
		if timed {
			seconds, err := strconv.ParseFloat(number, 64)
			if err != nil || !(seconds >= 0 && seconds <= 1e6) {
				return nil, fmt.Errorf("APP_BEHAVIOUR=%q: %q is not a number of seconds", text, number)
			}
			found[kind] = time.Duration(seconds * float64(time.Second))
		}
	}
	return found, nil
}
