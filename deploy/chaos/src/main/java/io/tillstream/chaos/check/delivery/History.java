package io.tillstream.chaos.check.delivery;

import io.tillstream.chaos.check.observation.Observation;
import io.tillstream.chaos.check.observation.Service;
import io.tillstream.chaos.check.observation.ServiceDatabase.Row;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The histories of all things of one kind, and where each thing stands. */
record History(Service service, AllowedMoves moves, Map<String, List<Move>> ofThing, Map<String, Standing> standings) {

    /** {@code cause} and its kind as they are written. */
    record Move(String thing, long version, String from, String to, String causeKind, String cause) {}

    /** The state that a thing is in. */
    record Standing(String status, long version) {}

    static List<History> all(Observation seen) {
        return List.of(
                read(
                        seen,
                        Service.ORDERS,
                        AllowedMoves.ORDER,
                        "select order_id as thing, version, from_status, to_status, cause_kind, cause_id from order_history",
                        "select id, status, version from orders"),
                read(
                        seen,
                        Service.PAYMENTS,
                        AllowedMoves.PAYMENT,
                        "select payment_id as thing, version, from_status, to_status,"
                                + " split_part(cause, ':', 1) as cause_kind,"
                                + " substring(cause from position(':' in cause) + 1) as cause_id from payment_history",
                        "select id, status, version from payments"),
                read(
                        seen,
                        Service.SUBSCRIPTIONS,
                        AllowedMoves.SUBSCRIPTION,
                        "select subscription_id as thing, version, from_status, to_status, cause_kind, cause_id"
                                + " from subscription_history",
                        "select id, status, version from subscriptions"));
    }

    private static History read(
            Observation seen, Service service, AllowedMoves moves, String history, String standings) {
        return new History(
                service,
                moves,
                seen.rows(service, history + " order by 1, version").stream()
                        .map(History::move)
                        .collect(Collectors.groupingBy(Move::thing, LinkedHashMap::new, Collectors.toList())),
                seen.rows(service, standings).stream()
                        .collect(Collectors.toMap(
                                row -> row.text("id"),
                                row -> new Standing(row.text("status"), row.number("version")))));
    }

    private static Move move(Row row) {
        return new Move(
                row.text("thing"),
                row.number("version"),
                row.text("from_status"),
                row.text("to_status"),
                row.text("cause_kind"),
                row.text("cause_id"));
    }

    /** What its things are called. */
    String kind() {
        return moves.name().toLowerCase(Locale.ROOT);
    }
}
