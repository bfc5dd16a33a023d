package io.tillstream.testing;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** How PostgreSQL means to answer a statement. */
record QueryPlan(JsonNode root) {

    /** What an operator enters by hand, what there is a fixed number of, and what only waits to be applied: they stay small. */
    private static final Set<String> SMALL = Set.of(
            "products",
            "plans",
            "plan_prices",
            "plan_features",
            "entitlement_plans",
            "outbox_leases",
            "departed_customers",
            "parked_events",
            "set_aside_records");

    private static final String IS_PARTIAL =
            "select 1 from pg_index where indexrelid = to_regclass(?) and indpred is not null";

    static QueryPlan of(String json) {
        return new QueryPlan(JsonMapper.builder().build().readTree(json).get(0).get("Plan"));
    }

    /** What of it takes longer with each row of the table; empty if nothing does. */
    String fault(Connection connection) throws SQLException {
        return fault(root, false, connection);
    }

    private static String fault(JsonNode node, boolean limited, Connection connection) throws SQLException {
        String type = node.path("Node Type").asString("");
        String table = node.path("Relation Name").asString("");
        if (!SMALL.contains(table)) {
            if (type.equals("Seq Scan")) {
                return "reads the whole table " + table;
            }
            if (type.equals("Bitmap Heap Scan")) {
                return wholeBitmap(node, connection);
            }
            boolean isScan = type.equals("Index Scan") || type.equals("Index Only Scan");
            boolean isWhole = isScan && !node.has("Index Cond");
            String index = node.path("Index Name").asString("");
            if (isWhole && (!limited || node.has("Filter")) && !isPartial(index, connection)) {
                return "reads the whole index " + index;
            }
        }
        // A page of what an index has in order reads no more than the page.
        boolean below = type.equals("Limit") || (limited && type.equals("LockRows"));
        for (JsonNode child : node.path("Plans")) {
            String fault = fault(child, below, connection);
            if (!fault.isEmpty()) {
                return fault;
            }
        }
        return "";
    }

    private static String wholeBitmap(JsonNode node, Connection connection) throws SQLException {
        for (JsonNode child : node.path("Plans")) {
            String index = child.path("Index Name").asString("");
            if (!index.isEmpty() && !child.has("Index Cond") && !isPartial(index, connection)) {
                return "reads the whole index " + index;
            }
            String fault = index.isEmpty() ? wholeBitmap(child, connection) : "";
            if (!fault.isEmpty()) {
                return fault;
            }
        }
        return "";
    }

    /** It holds only what is still to be done, of which there is little. */
    private static boolean isPartial(String index, Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(IS_PARTIAL)) {
            statement.setString(1, index);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }
}
