package db

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
)

// All runs query and collects its rows in their order. It always drains them, so no row is open when it returns.
func All[T any](ctx context.Context, q Querier, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// One returns query's only row, or false when there is none.
func One[T any](ctx context.Context, q Querier, scan func(*sql.Rows) (T, error), query string, args ...any) (T, bool, error) {
	var zero T
	all, err := All(ctx, q, scan, query, args...)
	if err != nil || len(all) == 0 {
		return zero, false, err
	}
	return all[0], true, nil
}

// Scalar scans a row of one column.
func Scalar[T any](rows *sql.Rows) (v T, err error) { return v, rows.Scan(&v) }

// In returns "$from,$from+1,…" for the values of an IN list, and the values as arguments appended to args.
// The list's length is rounded up to a power of two by repeating the last value, so that few distinct
// statements reach the engine; no values give "NULL", which nothing equals.
func In[T any](values []T, args ...any) (string, []any) {
	if len(values) == 0 {
		return "NULL", args
	}
	size := 1
	for size < len(values) {
		size *= 2
	}
	var list strings.Builder
	for i := range size {
		if i > 0 {
			list.WriteByte(',')
		}
		args = append(args, values[min(i, len(values)-1)])
		list.WriteByte('$')
		list.WriteString(strconv.Itoa(len(args)))
	}
	return list.String(), args
}
