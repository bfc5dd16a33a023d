package io.tillstream.chaos.check.secrecy;

import io.tillstream.chaos.check.observation.Breach;
import io.tillstream.chaos.check.observation.Observation;
import io.tillstream.chaos.check.observation.Service;
import io.tillstream.chaos.check.observation.ServiceDatabase;
import io.tillstream.chaos.check.observation.ServiceDatabase.Row;
import io.tillstream.chaos.check.observation.TopicMessage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * X1: no secret, token, full e-mail address or card number in logs, tables or topics, and none of the words that the run names as
 * secret. Two places have what others may not: the table of customers has their addresses, and {@code stripe.events} has Stripe's
 * events byte for byte, with a client secret or an address where Stripe tells one.
 */
public final class NoSecretAtRest {

    private static final String X1 = "X1";
    private static final String TABLES = """
            select format('%I.%I', table_schema, table_name) as name, table_name from information_schema.tables
            where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')
            """;

    private static final int SHOWN = 5; // of one place; the rest are of the same cause

    private final Observation seen;
    private final List<Breach> breaches = new ArrayList<>();

    private NoSecretAtRest(Observation seen) {
        this.seen = seen;
    }

    public static List<Breach> breaches(Observation seen, List<Path> logs) {
        List<Breach> all = new ArrayList<>(inTables(seen));
        all.addAll(inTopics(seen));
        all.addAll(inLogs(seen, logs));
        return all;
    }

    /** Binary columns are read too: as text, hex hides what is in them. */
    public static List<Breach> inTables(Observation seen) {
        var invariant = new NoSecretAtRest(seen);
        for (Service service : Service.values()) {
            ServiceDatabase database = seen.database(service);
            for (Row table : database.rows(TABLES)) {
                Set<SecretKind> kinds = EnumSet.allOf(SecretKind.class);
                if (table.text("table_name").equals("customers")) {
                    kinds.remove(SecretKind.EMAIL);
                }
                Place place = invariant.new Place(service.database() + "." + table.text("table_name"), kinds);
                database.each(
                        "select * from " + table.text("name"),
                        row -> row.columns().keySet().forEach(column -> place.look(row, column)));
            }
        }
        return invariant.breaches;
    }

    public static List<Breach> inTopics(Observation seen) {
        var invariant = new NoSecretAtRest(seen);
        for (String topic : seen.topics().names()) {
            Set<SecretKind> kinds = EnumSet.allOf(SecretKind.class);
            if (topic.startsWith("stripe.events")) {
                kinds.removeAll(Set.of(SecretKind.EMAIL, SecretKind.CLIENT_SECRET));
            }
            Place place = invariant.new Place("topic " + topic, kinds);
            seen.topics().read(topic, message -> place.look(text(message)));
        }
        return invariant.breaches;
    }

    private static String text(TopicMessage message) {
        return message.key() + " " + message.headers() + " " + message.value();
    }

    /** Of files and of all that lies in folders. */
    public static List<Breach> inLogs(Observation seen, List<Path> logs) {
        var invariant = new NoSecretAtRest(seen);
        for (Path log : logs) {
            try (Stream<Path> files = Files.walk(log)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    invariant.log(file);
                }
            } catch (IOException cause) {
                throw new UncheckedIOException("A log cannot be read: " + log, cause);
            }
        }
        return invariant.breaches;
    }

    private void log(Path file) throws IOException {
        Place place = new Place("log " + file.getFileName(), EnumSet.allOf(SecretKind.class));
        try (var lines = new BufferedReader(
                new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) { // a broken byte is no end
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                place.look(line);
            }
        }
    }

    /** A table, a topic or a log. */
    private final class Place {
        private final String name;
        private final Set<SecretKind> kinds;
        private int found;

        Place(String name, Set<SecretKind> kinds) {
            this.name = name;
            this.kinds = kinds;
        }

        /** Three letters around an @ stand in encrypted bytes by chance. */
        void look(Row row, String column) {
            Set<SecretKind> likely = EnumSet.copyOf(kinds);
            if (!row.isText(column)) {
                likely.remove(SecretKind.EMAIL);
            }
            look(row.text(column), likely);
        }

        void look(String text) {
            look(text, kinds);
        }

        private void look(String text, Set<SecretKind> kinds) {
            for (SecretKind kind : kinds) {
                kind.in(text).forEach(excerpt -> breach(kind.words() + ": " + excerpt));
            }
            for (String word : seen.expected().secrets()) {
                int at = text.indexOf(word);
                if (at >= 0) {
                    breach("a word that is secret: " + SecretKind.excerpt(text, at, at + word.length()));
                }
            }
        }

        private void breach(String what) {
            found++;
            if (found <= SHOWN) {
                breaches.add(Breach.of(X1, name + " holds " + what, name));
            }
        }
    }
}
