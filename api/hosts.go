package api

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

const headerSecFetchSite = "Sec-Fetch-Site"

// hosts are the names the server answers under. Without this check a page of
// any site could point its own name at 127.0.0.1 (DNS rebinding) and read what
// it likes with the visitor's browser.
type hosts map[string]bool

// newHosts allows the names of the loopback interface, on every port, and the
// configured ones: "ledger.example.cn" on every port, "ledger.example.cn:8443"
// on that one.
func newHosts(configured []string) (hosts, error) {
	allowed := hosts{"localhost": true, "127.0.0.1": true, "::1": true}
	var faults []error
	for _, host := range configured {
		name, _, ok := splitHost(host)
		if !ok || name == "" {
			faults = append(faults, fmt.Errorf("host %q: want a name or name:port", host))
			continue
		}
		allowed[strings.ToLower(strings.Trim(host, "[]"))] = true
	}
	return allowed, errors.Join(faults...)
}

func hostFaults(configured []string) error {
	_, err := newHosts(configured)
	return err
}

func (h hosts) check(header *fasthttp.RequestHeader) error {
	host := strings.ToLower(string(header.Host()))
	name, _, ok := splitHost(host)
	if ok && (h[name] || h[host]) {
		return nil
	}
	return NewProblem(CodeHostRefused, "")
}

// splitHost takes apart "name", "name:port", "[v6]" and "[v6]:port".
func splitHost(host string) (name, port string, ok bool) {
	if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		name = host[1 : len(host)-1]
		return name, "", net.ParseIP(name) != nil
	}
	if !strings.Contains(host, ":") {
		return host, "", plainName(host)
	}
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		return "", "", false
	}
	number, err := strconv.ParseUint(port, 10, 16)
	return name, port, err == nil && number > 0 && (plainName(name) || net.ParseIP(name) != nil)
}

func plainName(name string) bool {
	for _, c := range name {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !letter && c != '-' && c != '.' {
			return false
		}
	}
	return name != ""
}

// checkOrigin keeps pages of other sites from changing anything with a
// visitor's browser. Browsers say where a request comes from; programs send
// neither field and are let through: they carry no one's session.
func checkOrigin(header *fasthttp.RequestHeader) error {
	switch string(header.Method()) {
	case fiber.MethodGet, fiber.MethodHead, fiber.MethodOptions:
		return nil
	}
	switch string(header.Peek(headerSecFetchSite)) {
	case "same-origin", "none":
		return nil
	case "":
	default:
		return NewProblem(CodeOriginRefused, "")
	}
	origin := string(header.Peek(fiber.HeaderOrigin))
	if origin == "" {
		return nil
	}
	from, err := url.Parse(origin)
	if err == nil && from.Host != "" && strings.EqualFold(from.Host, string(header.Host())) {
		return nil
	}
	return NewProblem(CodeOriginRefused, "")
}
