package action

import (
	"encoding/json"
	"math"
	"math/big"
	"strconv"
)

// whole returns an argument as a whole number of 64 bits, if it is one: as a number of any kind, or as its decimal digits.
func whole(value any) (int64, bool) {
	switch n := value.(type) {
	case int:
		return int64(n), true
	case int64:
		return n, true
	case float64:
		return int64(n), n == math.Trunc(n) && math.Abs(n) < 1<<53
	case *big.Int:
		return n.Int64(), n.IsInt64()
	case json.Number:
		return whole(string(n))
	case string:
		parsed, err := strconv.ParseInt(n, 10, 64)
		return parsed, err == nil
	}
	return 0, false
}
