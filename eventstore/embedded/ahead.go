package embedded

import "iter"

// depth is how many chunks a reader works ahead of its consumer.
const depth = 2

// ringBuffers is how many buffers go round when they are used again. Far more
// than depth needs: a buffer that the consumer's processor still has in its cache
// is expensive to write on another one.
const ringBuffers = 32

type chunkOrError struct {
	chunk
	err error
}

// ahead reads the chunks from a cursor up to a committed end. Unless there is
// little to read, a goroutine of its own reads ahead of the consumer, who must
// take a chunk's content before asking for the next one. Bodies are verified by
// whoever has less to do: by the goroutine while chunks wait for the consumer,
// else by the consumer.
func (v *view) ahead(c *cursor, end place) iter.Seq2[chunk, error] {
	if uint64(end-c.next.end) <= chunkSize {
		// Mostly an event or two that are new: a buffer as large as they are.
		return v.openChunks(c, end, func() []byte { return nil })
	}
	if c.warm == nil {
		c.warm = sameBuffer()
	}
	buffers := c.warm
	if c.reuse {
		var ring [ringBuffers][]byte
		turn := 0
		buffers = func() []byte {
			turn++
			buf := &ring[turn%ringBuffers]
			if *buf == nil {
				*buf = make([]byte, chunkSize)
			}
			return *buf
		}
	}
	return func(yield func(chunk, error) bool) {
		items, stop := make(chan chunkOrError, depth), make(chan struct{})
		go func() {
			defer close(items)
			for ch, err := range v.openChunks(c, end, buffers) {
				item := chunkOrError{c.own(ch), err}
				select {
				case items <- item:
					continue
				default:
				}
				item.verify()
				select {
				case items <- item:
				case <-stop:
					return
				}
			}
		}()
		defer func() {
			close(stop)
			for range items { // until the goroutine has ended
			}
		}()
		for i := range items {
			if !yield(i.chunk, i.err) {
				return
			}
		}
	}
}

// own copies a chunk out of a buffer that will be used again, unless the reader
// agreed to that. Reading into one warm buffer and copying is faster than
// reading into fresh memory, which would be cleared first.
func (c *cursor) own(ch chunk) chunk {
	if !c.reuse {
		ch.buf = append([]byte(nil), ch.buf...)
	}
	return ch
}
