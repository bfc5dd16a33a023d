package io.tillstream.web;

import org.jspecify.annotations.Nullable;

/** The part of a list that was asked for, as an argument of a controller: {@code ?limit=} and {@code ?cursor=}. */
public record Paging(int limit, @Nullable Cursor after) {

    public static final int DEFAULT_LIMIT = 20;
    public static final int MAX_LIMIT = 100; // a page stays well under the time and memory of one request

    public Paging {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw Problem.invalid("limit", "must be from 1 to " + MAX_LIMIT);
        }
    }

    public static Paging read(@Nullable String limit, @Nullable String cursor) {
        return new Paging(number(limit), cursor == null || cursor.isEmpty() ? null : Cursor.read(cursor));
    }

    /** One row more than is shown: its presence says that there is a next page. */
    public int rowsToRead() {
        return limit + 1;
    }

    private static int number(@Nullable String limit) {
        if (limit == null) {
            return DEFAULT_LIMIT;
        }
        try {
            return Integer.parseInt(limit);
        } catch (NumberFormatException e) {
            throw Problem.malformed("limit", "is not a whole number");
        }
    }
}
