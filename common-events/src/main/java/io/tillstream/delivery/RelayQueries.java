package io.tillstream.delivery;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** The relay's statements, each a transaction of its own. */
final class RelayQueries {

    private RelayQueries() {}

    static final String CHANNEL = "tillstream_outbox";

    /**
     * For the instance that holds what this one does not. Never in the business transaction: PostgreSQL lets no two that
     * notify commit at once.
     */
    static void tellOthers(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement("select pg_notify(?, '')")) {
            statement.setString(1, CHANNEL);
            statement.execute();
        }
    }

    /** The oldest of each shard. Never by {@code seq > last}: sequence numbers are not in the order of commits. */
    static List<OutboxRow> unsent(Connection connection, Set<Integer> shards, int most) throws SQLException {
        String sql =
                "select " + OutboxRow.COLUMNS + " from unnest(?::smallint[]) as held(shard_held) cross join lateral"
                        + " (select * from outbox where shard = shard_held and sent_at is null"
                        + " order by seq limit ?) as oldest order by seq";
        List<OutboxRow> rows = new ArrayList<>();
        try (var statement = connection.prepareStatement(sql)) {
            statement.setArray(1, connection.createArrayOf("smallint", shards.toArray()));
            statement.setInt(2, most);
            try (var result = statement.executeQuery()) {
                while (result.next()) {
                    rows.add(OutboxRow.read(result));
                }
            }
        }
        return rows;
    }

    /** Only what was sent under leases that nobody took over meanwhile. */
    static void markSent(Connection connection, List<Long> seqs, UUID holder, Map<Integer, Long> tokens)
            throws SQLException {
        if (seqs.isEmpty()) {
            return;
        }
        try (var statement = connection.prepareStatement("""
            update outbox set sent_at = now()
            from unnest(?::smallint[], ?::bigint[]) as held(shard, token)
            join outbox_leases lease on lease.shard = held.shard and lease.token = held.token
            where outbox.seq = any(?) and outbox.shard = held.shard and lease.holder = ?::uuid
            """)) {
            statement.setArray(
                    1, connection.createArrayOf("smallint", tokens.keySet().toArray()));
            statement.setArray(
                    2, connection.createArrayOf("bigint", tokens.values().toArray()));
            statement.setArray(3, connection.createArrayOf("bigint", seqs.toArray()));
            statement.setString(4, holder.toString());
            statement.executeUpdate();
        }
    }
}
