package io.tillstream.delivery;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The relay's statements, each a transaction of its own. */
final class RelayQueries {

    private RelayQueries() {}

    /** Whether this session now holds the shard; it does until it ends. */
    static boolean tryLock(Connection connection, int lock, int shard) throws SQLException {
        try (var statement = connection.prepareStatement("select pg_try_advisory_lock(?, ?)")) {
            statement.setInt(1, lock);
            statement.setInt(2, shard);
            try (var result = statement.executeQuery()) {
                return result.next() && result.getBoolean(1);
            }
        }
    }

    /** Never by {@code seq > last}: sequence numbers are not in the order of commits. */
    static List<OutboxRow> unsent(Connection connection, int shard, int most) throws SQLException {
        String sql =
                "select " + OutboxRow.COLUMNS + " from outbox where shard = ? and sent_at is null order by seq limit ?";
        List<OutboxRow> rows = new ArrayList<>();
        try (var statement = connection.prepareStatement(sql)) {
            statement.setInt(1, shard);
            statement.setInt(2, most);
            try (var result = statement.executeQuery()) {
                while (result.next()) {
                    rows.add(OutboxRow.read(result));
                }
            }
        }
        return rows;
    }

    static void markSent(Connection connection, List<Long> seqs) throws SQLException {
        if (seqs.isEmpty()) {
            return;
        }
        try (var statement = connection.prepareStatement("update outbox set sent_at = now() where seq = any(?)")) {
            statement.setArray(1, connection.createArrayOf("bigint", seqs.toArray()));
            statement.executeUpdate();
        }
    }
}
