package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

const downloadSteps = 50

// number reads a query parameter that is a number of at least 0.
func number(r *http.Request, name string, fallback float64) (float64, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return fallback, nil
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || !(value >= 0 && value <= 1e12) {
		return 0, fmt.Errorf("%s=%q is not a number of 0 to 1e12", name, text)
	}
	return value, nil
}

// slow answers after the asked number of seconds (5 by default).
func (app *application) slow(w http.ResponseWriter, r *http.Request) {
	seconds, err := number(r, "seconds", 5)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	select {
	case <-time.After(time.Duration(seconds * float64(time.Second))):
		fmt.Fprintf(w, "done %s\n", app.version)
	case <-r.Context().Done():
	}
}

// download sends the asked number of bytes in even steps over the asked number of seconds.
func (app *application) download(w http.ResponseWriter, r *http.Request) {
	size, err := number(r, "bytes", 1_000_000)
	seconds, err2 := number(r, "seconds", 0)
	if err != nil || err2 != nil {
		http.Error(w, "bytes and seconds must be numbers of at least 0", http.StatusBadRequest)
		return
	}
	total := int64(size)
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", strconv.FormatInt(total, 10))
	pause := time.Duration(seconds / downloadSteps * float64(time.Second))
	var sent int64
	for step := int64(1); step <= downloadSteps; step++ {
		part := total/downloadSteps*step - sent
		if step == downloadSteps {
			part = total - sent
		}
		if _, err := io.CopyN(w, zeros{}, part); err != nil {
			return
		}
		sent += part
		if pause > 0 {
			http.NewResponseController(w).Flush()
			time.Sleep(pause)
		}
	}
}

type zeros struct{}

func (zeros) Read(buffer []byte) (int, error) {
	clear(buffer)
	return len(buffer), nil
}

func (app *application) upload(w http.ResponseWriter, r *http.Request) {
	hash := sha256.New()
	size, err := io.Copy(hash, r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answer(w, map[string]any{"bytes": size, "sha256": hex.EncodeToString(hash.Sum(nil))})
}
