package io.tillstream.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * Sends writes that belong together as one statement, {@code with … insert …, … update …}: all or none, in one round trip.
 *
 * <p>They see the database as it was before any of them, so none may depend on another's row but by a foreign key, which is
 * checked at the end, and no two may change the same row.
 *
 * @see <a href="https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-MODIFYING">PostgreSQL: data-modifying
 *     statements in WITH</a>
 */
public final class Writes {

    /** A parameter, and no cast. */
    private static final Pattern PARAMETER = Pattern.compile("(?<!:):([a-zA-Z][a-zA-Z0-9]*)");

    private final DatabaseClient database;

    /** By the texts they are made of; as many as the code has combinations, a few dozen. */
    private final Map<List<String>, Joined> joined = new ConcurrentHashMap<>();

    public Writes(DatabaseClient database) {
        this.database = database;
    }

    /** Where each parameter's value is found: which write, and what it calls it. */
    private record Place(int write, String name) {}

    private record Joined(String sql, List<Place> places) {}

    /** Sends them; nothing where there are none. */
    public Mono<Void> send(Write... writes) {
        return send(List.of(writes));
    }

    public Mono<Void> send(List<Write> writes) {
        return writes.isEmpty() ? Mono.empty() : Mono.deferContextual(context -> send(writes, context));
    }

    private Mono<Void> send(List<Write> writes, ContextView context) {
        Joined all = joined.computeIfAbsent(writes.stream().map(Write::sql).toList(), Writes::join);
        DatabaseClient.GenericExecuteSpec statement = database.sql(all.sql());
        for (int i = 0; i < all.places().size(); i++) {
            Place place = all.places().get(i);
            statement = statement.bind(i, writes.get(place.write()).value(place.name(), context));
        }
        return statement
                .map(row -> {
                    for (int i = 0; i < writes.size(); i++) {
                        writes.get(i).written(context, Objects.requireNonNull(row.get(i, Long.class)));
                    }
                    return true;
                })
                .one()
                .then();
    }

    private static Joined join(List<String> statements) {
        List<Place> places = new ArrayList<>();
        List<String> parts = new ArrayList<>();
        List<String> counts = new ArrayList<>();
        for (int i = 0; i < statements.size(); i++) {
            parts.add("w" + i + " as (" + numbered(statements.get(i), i, places).strip() + " returning 1)");
            counts.add("(select count(*) from w" + i + ")");
        }
        return new Joined("with " + String.join(", ", parts) + " select " + String.join(", ", counts), places);
    }

    /** The same name within one write is the same parameter. */
    private static String numbered(String sql, int write, List<Place> places) {
        Matcher parameters = PARAMETER.matcher(sql);
        StringBuilder numbered = new StringBuilder();
        while (parameters.find()) {
            Place place = new Place(write, parameters.group(1));
            if (!places.contains(place)) {
                places.add(place);
            }
            parameters.appendReplacement(numbered, Matcher.quoteReplacement("$" + (places.indexOf(place) + 1)));
        }
        return parameters.appendTail(numbered).toString();
    }
}
