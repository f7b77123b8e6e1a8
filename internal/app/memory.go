package app

import (
	"fmt"
	"os"
)

// checkMemory refuses a cache that this machine could never hold.
func checkMemory(cache uint64) error {
	if has := machineMemory(); has > 0 && cache > has {
		return fmt.Errorf("--cache: %d MiB is more memory than this machine has, which is %d MiB", cache>>20, has>>20)
	}
	return nil
}

// machineMemory is how many bytes of memory the machine has, or 0 where the system does not say.
func machineMemory() uint64 {
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return 0
	}
	defer f.Close()
	var kibibytes uint64
	if _, err := fmt.Fscanf(f, "MemTotal: %d kB", &kibibytes); err != nil {
		return 0
	}
	return kibibytes << 10
}
