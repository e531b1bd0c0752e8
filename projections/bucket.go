package projections

import "zhishu/domain"

// digestBuckets is how many parts the persons are cut into by the first bits of
// their identity, so that a digest recomputes only the parts that changed.
const digestBuckets = 4096

func bucketOf(id domain.PersonID) int { return int(id.UUID[0])<<4 | int(id.UUID[1])>>4 }
