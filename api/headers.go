package api

import "github.com/gofiber/fiber/v2"

// dataPolicy is the content policy of everything that is not a page: whatever
// a browser makes of it, it may load and run nothing.
const dataPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

// setHeaders puts the fields on every answer that keep a browser from making
// more of it than it is. A page relaxes the policy for itself.
func setHeaders(c *fiber.Ctx, r *request) {
	header := &c.Response().Header
	header.Set(headerRequestID, r.id)
	header.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	header.Set(fiber.HeaderContentSecurityPolicy, dataPolicy)
	header.Set(fiber.HeaderXFrameOptions, "DENY")
	header.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set(fiber.HeaderCacheControl, "no-store")
}
