// Package archtest holds the rules of this code that a compiler cannot see, as tests: who may import whom, how
// large files and functions are, who may write, who may make a profile, and that every key leads with its site.
package archtest
