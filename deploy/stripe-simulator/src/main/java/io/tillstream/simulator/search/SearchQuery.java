package io.tillstream.simulator.search;

import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.search.SearchFields.Kind;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A query in Stripe's language (docs.stripe.com/search#search-query-language): clauses {@code field:value},
 * {@code field~part} and {@code field>number}, each maybe after a minus, all joined by AND or all by OR.
 */
final class SearchQuery {
    private static final int MOST_CLAUSES = 10; // Stripe's limit
    private static final int SHORTEST_PART = 3; // characters, Stripe's limit for ~
    private static final Pattern CLAUSE = Pattern.compile("\\G(?<not>-?)"
            + "(?<field>metadata\\s*\\[\\s*(?:\"(?<k1>[^\"]+)\"|'(?<k2>[^']+)')\\s*]|[A-Za-z0-9_.]++)\\s*"
            + "(?<op>:|~|>=|<=|>|<|=)\\s*"
            + "(?:\"(?<v1>(?:[^\"\\\\]|\\\\.)*+)\"|'(?<v2>(?:[^'\\\\]|\\\\.)*+)'|(?<v3>[^\\s\"']+))");
    private static final Pattern JOIN = Pattern.compile("\\G\\s++(?:(AND|OR|and|or)\\s++)?");

    private final String resource;
    private final List<Predicate<ObjectNode>> clauses = new ArrayList<>();
    private @Nullable Boolean any;

    private SearchQuery(String resource) {
        this.resource = resource;
    }

    static Predicate<ObjectNode> read(String resource, String text) {
        SearchQuery query = new SearchQuery(resource);
        query.readAll(text.strip());
        return query::matches;
    }

    private boolean matches(ObjectNode object) {
        return Boolean.TRUE.equals(any)
                ? clauses.stream().anyMatch(clause -> clause.test(object))
                : clauses.stream().allMatch(clause -> clause.test(object));
    }

    private void readAll(String text) {
        int at = 0;
        Matcher clause = CLAUSE.matcher(text);
        Matcher join = JOIN.matcher(text);
        while (at < text.length() || clauses.isEmpty()) {
            if (!clauses.isEmpty()) {
                if (!join.region(at, text.length()).lookingAt()) {
                    throw malformed(text);
                }
                join(join.group(1) == null ? "and" : join.group(1));
                at = join.end();
            }
            if (!clause.region(at, text.length()).lookingAt()) {
                throw malformed(text);
            }
            clauses.add(clause(clause));
            at = clause.end();
        }
        if (clauses.size() > MOST_CLAUSES) {
            throw invalid("We only support queries with up to " + MOST_CLAUSES + " clauses.");
        }
    }

    private void join(String word) {
        boolean or = word.equalsIgnoreCase("or");
        if (any != null && any != or) {
            throw invalid("You cannot mix AND and OR in one query.");
        }
        any = or;
    }

    private Predicate<ObjectNode> clause(Matcher found) {
        String key = found.group("k1") == null ? found.group("k2") : found.group("k1");
        String field = key == null ? found.group("field") : "metadata[" + key + "]";
        Kind kind = SearchFields.kind(resource, field);
        if (kind == null) {
            throw invalid("Field `" + field + "` is an unsupported search field for resource `" + resource
                    + "`. See http://stripe.com/docs/search#query-fields-for-" + resource.replace('_', '-')
                    + " for a list of supported fields.");
        }
        String bare = found.group("v3");
        String quoted = found.group("v1") == null ? found.group("v2") : found.group("v1");
        String value = bare == null ? (quoted == null ? "" : quoted).replaceAll("\\\\(.)", "$1") : bare;
        Predicate<ObjectNode> test = test(field, kind, found.group("op"), value, bare != null && value.equals("null"));
        return found.group("not").isEmpty() ? test : test.negate();
    }

    private static Predicate<ObjectNode> test(String field, Kind kind, String op, String value, boolean isNull) {
        if (isNull) {
            return object -> SearchFields.value(object, field) == null;
        }
        if (kind == Kind.NUMBER) {
            return numeric(field, op, value);
        }
        if (op.equals("~")) {
            if (kind == Kind.TOKEN) {
                throw invalid("Field `" + field + "` does not support the operator `~`.");
            }
            if (value.length() < SHORTEST_PART) {
                throw invalid("The value of a substring match must have at least 3 characters.");
            }
            String part = value.toLowerCase(Locale.ROOT);
            return object -> text(object, field).contains(part);
        }
        if (!op.equals(":")) {
            throw invalid("Field `" + field + "` does not support the operator `" + op + "`.");
        }
        return object -> text(object, field).equals(value.toLowerCase(Locale.ROOT));
    }

    private static String text(ObjectNode object, String field) {
        JsonNode value = SearchFields.value(object, field);
        return value == null ? "" : value.asString().toLowerCase(Locale.ROOT);
    }

    private static Predicate<ObjectNode> numeric(String field, String op, String value) {
        BigDecimal wanted;
        try {
            wanted = new BigDecimal(value);
        } catch (NumberFormatException e) {
            throw invalid("Field `" + field + "` is numeric; `" + value + "` is no number.");
        }
        if (op.equals("~")) {
            throw invalid("Field `" + field + "` does not support the operator `~`.");
        }
        return object -> {
            JsonNode found = SearchFields.value(object, field);
            if (found == null) {
                return false;
            }
            int order = found.decimalValue().compareTo(wanted);
            return switch (op) {
                case ">" -> order > 0;
                case ">=" -> order >= 0;
                case "<" -> order < 0;
                case "<=" -> order <= 0;
                default -> order == 0;
            };
        };
    }

    private static StripeError malformed(String text) {
        return invalid(
                "We were unable to parse your search query: " + text + ". Try using the format `metadata[\"key\"]:"
                        + "\"value\"` to query for metadata or key:\"value\" to query for other fields.");
    }

    private static StripeError invalid(String message) {
        return StripeError.malformed(null, message, "query");
    }
}
