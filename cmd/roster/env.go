package main

import (
	"io"
	"os"
	"time"
)

// env is what a command has of the world around it.
type env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string
	Environ        func() []string
	Now            func() time.Time
}

// system is the environment of the process.
func system() *env {
	return &env{os.Stdin, os.Stdout, os.Stderr, os.Getenv, os.Environ, time.Now}
}
