package confluence

// chunks hands out keys, each once and in order, at most size at a time, until all are taken.
// What take takes is counted from the front and at least one.
func chunks(keys []string, size int, take func([]string) (taken int, err error)) error {
	for rest := unique(keys); len(rest) > 0; {
		taken, err := take(rest[:min(size, len(rest))])
		if err != nil {
			return err
		}
		rest = rest[taken:]
	}
	return nil
}

// inOrder looks up ids in chunks and returns what was found in the order of ids, each once.
func inOrder[T any](ids []string, id func(T) string, size int,
	find func([]string) (found []T, taken int, err error),
) ([]T, error) {
	byID := make(map[string]T, len(ids))
	err := chunks(ids, size, func(some []string) (int, error) {
		found, taken, err := find(some)
		for _, f := range found {
			byID[id(f)] = f
		}
		return taken, err
	})
	if err != nil {
		return nil, err
	}
	all := make([]T, 0, len(byID))
	for _, wanted := range unique(ids) {
		if f, ok := byID[wanted]; ok {
			all = append(all, f)
		}
	}
	return all, nil
}

// unique returns keys in order, each once.
func unique(keys []string) []string {
	seen := make(map[string]bool, len(keys))
	once := make([]string, 0, len(keys))
	for _, k := range keys {
		if !seen[k] {
			seen[k] = true
			once = append(once, k)
		}
	}
	return once
}
