package io.tillstream.web.idempotency;

import io.tillstream.testing.TestPostgres;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.UUID;

/** An answer in the table that no request of the test has put there. */
public final class KeptAnswer {

    private static final String INSERT = """
            insert into idempotency_keys
                (key_hash, request_hash, owner, lease_until, expires_at, derives_id, derived_id, id_in, answer)
            values (?, ?, ?, now(), now() + interval '1 day', true, ?, 'test_items.id', ?)
            """;

    private KeptAnswer() {}

    /** @param endpoint as {@code POST /api/orders/<id>/payments} */
    public static void put(
            TestPostgres.Database database, String user, String endpoint, String key, String body, String answer) {
        var id = new KeyedRequest.DerivedId(UUID.randomUUID(), "test_items.id");
        var request = new KeyedRequest(user, endpoint, key, body.getBytes(StandardCharsets.UTF_8), id);
        try (var connection = database.connect();
                var insert = connection.prepareStatement(INSERT)) {
            insert.setBytes(1, request.keyHash());
            insert.setBytes(2, request.requestHash());
            insert.setObject(3, request.owner());
            insert.setObject(4, id.id());
            insert.setBytes(5, request.sealed(new StoredResponse(200, "application/json", null, answer)));
            insert.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
