package io.tillstream.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Looks for words in whatever a database has stored, whichever table and column that is. */
public final class DatabaseTextSearch {

    /** Numbers, times and flags hold no words. */
    private static final String COLUMNS = """
            select c.table_name || '.' || c.column_name from information_schema.columns c
            join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
            where c.table_schema = 'public' and t.table_type = 'BASE TABLE'
              and (c.data_type in ('text', 'json', 'jsonb', 'bytea', 'ARRAY', 'character varying', 'character', 'xml')
                or c.data_type = 'USER-DEFINED')
            order by 1
            """;

    private DatabaseTextSearch() {}

    /** Columns as {@code table.column} in which one of the words stands, in capitals or not; bytes are read as UTF-8 too. */
    public static List<String> with(TestPostgres.Database database, String... words) {
        List<String> found = new ArrayList<>();
        for (String column : database.texts(COLUMNS)) {
            String[] names = column.split("\\.", 2);
            for (String word : words) {
                if (!database.texts(lookUp(names[0], names[1], word)).isEmpty()) {
                    found.add(column);
                    break;
                }
            }
        }
        return found;
    }

    private static String lookUp(String table, String column, String word) {
        String text = word.replace("'", "''");
        String lower = text.toLowerCase(Locale.ROOT);
        return """
                select 1 from "%1$s" where position('%3$s' in lower("%2$s"::text)) > 0
                  or position(substring('%4$s'::bytea::text from 3) in "%2$s"::text) > 0 limit 1
                """.formatted(table, column, lower, text);
    }
}
