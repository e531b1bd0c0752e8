package api

import "github.com/gofiber/fiber/v2"

// dataPolicy is the content policy of everything that is not a page: whatever
// a browser makes of it, it may load and run nothing.
const dataPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

// fixedHeaders stand on every answer and keep a browser from making more of it
// than it is. A page relaxes the policy for itself, a tagged answer the cache.
var fixedHeaders = []struct{ name, value []byte }{
	{[]byte(fiber.HeaderXContentTypeOptions), []byte("nosniff")},
	{[]byte(fiber.HeaderContentSecurityPolicy), []byte(dataPolicy)},
	{[]byte(fiber.HeaderXFrameOptions), []byte("DENY")},
	{[]byte(fiber.HeaderReferrerPolicy), []byte("no-referrer")},
	{[]byte("Cross-Origin-Resource-Policy"), []byte("same-origin")},
	{[]byte("Cross-Origin-Opener-Policy"), []byte("same-origin")},
	{[]byte(fiber.HeaderCacheControl), []byte("no-store")},
}

func setHeaders(c *fiber.Ctx, r *request) {
	header := &c.Response().Header
	header.Set(headerRequestID, r.id)
	for _, field := range fixedHeaders {
		header.SetCanonical(field.name, field.value)
	}
}
