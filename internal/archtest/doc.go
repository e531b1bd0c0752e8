// Package archtest holds the architecture as a test: which room may import
// which, and what the pure rooms must not contain. It reads the source files
// itself; a version that asked the go command would be answered from the test
// cache after an import had changed.
package archtest
