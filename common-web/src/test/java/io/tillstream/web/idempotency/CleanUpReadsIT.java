package io.tillstream.web.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.testing.TestPostgres;
import io.tillstream.web.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whoever sends many keys must not make the clean-up of everybody's slow. */
class CleanUpReadsIT {

    private static final int PAGES =
            60; // the roots of a few indexes, and what a plan looks up; the kept keys have hundreds

    private final TestPostgres.Database database = TestPostgres.newDatabase();

    @BeforeEach
    void tenThousandKeysOfEachKindThatStay() throws SQLException {
        TestDatabase.make(database);
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    insert into idempotency_keys
                        (key_hash, request_hash, owner, lease_until, expires_at, derives_id, answer)
                    select sha256(kind || n::text::bytea), sha256('a body'), gen_random_uuid(), now(),
                        now() - n * interval '1 minute', kind = 'derived', null
                    from generate_series(1, 10000) as n, (values ('derived'::bytea), ('free')) as kinds (kind)
                    """);
            statement.execute("analyze idempotency_keys");
        }
    }

    @Test
    void aRoundOfTheCleanUpReadsNoKeyThatStays() throws SQLException {
        assertThat(pagesOf(round())).isLessThan(PAGES);
    }

    /** Of as many expired answers as there are kept keys it takes the thousand of a statement, and reads about these. */
    @Test
    void aRoundOfTheCleanUpThatTakesAThousandDoesNotReadTheRest() throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("update idempotency_keys set answer = 'x' where derives_id");
            statement.execute("vacuum analyze idempotency_keys");
        }
        JsonNode plan = round();
        assertThat(rowsRead(plan, "idempotency_keys_answered")).isEqualTo(1_000L);
    }

    /** What PostgreSQL tells of one run. */
    private JsonNode round() throws SQLException {
        String sql =
                IdempotencyKeys.CLEAN_UP.replace(":keep", "" + 30 * 24 * 3_600).replace(":rows", "1000");
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet plan = statement.executeQuery("explain (analyze, buffers, format json) " + sql)) {
            plan.next();
            return JsonMapper.shared().readTree(plan.getString(1)).get(0).get("Plan");
        }
    }

    private static long pagesOf(JsonNode plan) {
        return plan.get("Shared Hit Blocks").asLong()
                + plan.get("Shared Read Blocks").asLong();
    }

    /** By an index, those that were read for nothing too. */
    private static long rowsRead(JsonNode node, String index) {
        long own = node.path("Index Name").asString("").equals(index)
                ? (long) ((node.path("Actual Rows").asDouble()
                                + node.path("Rows Removed by Filter").asDouble(0))
                        * node.path("Actual Loops").asDouble())
                : 0;
        for (JsonNode child : node.path("Plans")) {
            own += rowsRead(child, index);
        }
        return own;
    }
}
