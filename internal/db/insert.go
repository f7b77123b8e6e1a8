package db

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// Insert adds rows to a table by the fastest way that the engine has for many, and returns how many it added. into is
// "INSERT INTO table (columns)", onConflict how it ends, such as "ON CONFLICT DO NOTHING". Each row has a value for
// each column, a string, *string, int64 or bool, of the same type in all rows. rows may yield one slice again and
// again. Other than single statements it heeds ctx: when that ends, Insert fails between two rows.
func (tx *Tx) Insert(ctx context.Context, into, onConflict string, rows iter.Seq[[]any]) (written int64, err error) {
	if tx.arrays {
		written, err = tx.insertArrays(ctx, into, onConflict, rows)
	} else {
		written, err = tx.insertEach(ctx, into, onConflict, rows)
	}
	tx.wrote = tx.wrote || written > 0
	if err != nil {
		err = fmt.Errorf("%.40s…: %w", into, err)
	}
	return written, err
}

// insertEach asks the same statement for each row, which SQLite's writer keeps.
func (tx *Tx) insertEach(ctx context.Context, into, onConflict string, rows iter.Seq[[]any]) (written int64, err error) {
	statement := ""
	for row := range rows {
		if err := ctx.Err(); err != nil {
			return written, err
		}
		if statement == "" {
			statement = into + ` VALUES (` + parameters(len(row)) + `) ` + onConflict
		}
		n, err := tx.ExecContext(ctx, statement, row...)
		if err != nil {
			return written, err
		}
		written += n
	}
	return written, nil
}

// mostInArray is how many rows one statement inserts on PostgreSQL.
const mostInArray = 5000

// insertArrays hands over whole columns: an array each.
func (tx *Tx) insertArrays(ctx context.Context, into, onConflict string, rows iter.Seq[[]any]) (written int64, err error) {
	var columns []any
	held, statement := 0, ""
	send := func() error {
		if held == 0 {
			return nil
		}
		n, err := tx.ExecContext(ctx, statement, columns...)
		written += n
		columns, held = nil, 0
		return err
	}
	for row := range rows {
		if err := ctx.Err(); err != nil {
			return written, err
		}
		if columns == nil {
			columns = make([]any, len(row))
		}
		for i, value := range row {
			if columns[i], err = appended(columns[i], value); err != nil {
				return written, err
			}
		}
		if statement == "" {
			statement = into + ` SELECT * FROM unnest(` + arrayParameters(columns) + `) ` + onConflict
		}
		if held++; held == mostInArray {
			if err := send(); err != nil {
				return written, err
			}
		}
	}
	return written, send()
}

// appended adds a value to the array of its type; nil is an array without values.
func appended(array, value any) (any, error) {
	switch v := value.(type) {
	case string:
		a, _ := array.([]string)
		return append(a, v), nil
	case *string:
		a, _ := array.([]*string)
		return append(a, v), nil
	case int64:
		a, _ := array.([]int64)
		return append(a, v), nil
	case bool:
		a, _ := array.([]bool)
		return append(a, v), nil
	}
	return nil, fmt.Errorf("there is no array of %T", value)
}

// arrayParameters is "$1::text[],$2::bigint[]", for arrays that have these types.
func arrayParameters(arrays []any) string {
	list := make([]string, len(arrays))
	for i, a := range arrays {
		of := "text"
		switch a.(type) {
		case []int64:
			of = "bigint"
		case []bool:
			of = "boolean"
		}
		list[i] = "$" + strconv.Itoa(i+1) + "::" + of + "[]"
	}
	return strings.Join(list, ",")
}

// parameters is "$1,$2", so many.
func parameters(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = "$" + strconv.Itoa(i+1)
	}
	return strings.Join(list, ",")
}

// Analyze tells the engine what is in tables that the transaction has filled, where it plans queries by that: of a table
// that it thinks is empty PostgreSQL may well read all.
func (tx *Tx) Analyze(ctx context.Context, tables ...string) error {
	if !tx.arrays {
		return nil
	}
	for _, table := range tables {
		if _, err := tx.tx.ExecContext(context.WithoutCancel(ctx), "ANALYZE "+table); err != nil {
			return fmt.Errorf("analyze %s: %w", table, err)
		}
	}
	return nil
}
