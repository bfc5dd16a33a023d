package io.tillstream.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.testing.TestPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** What the database says of the relay's own connections. */
class RelayConnectionsIT {

    private final TestPostgres.Database database = TestPostgres.newDatabase();

    /** It holds the leases of the outbox: for so long, events of a relay whose host is gone would wait. */
    @Test
    void theServerProbesAHostThatSaysNothing() throws SQLException {
        try (Connection connection = new RelayConnections(FrozenRelayIT.settings(database, "")).open();
                Statement statement = connection.createStatement();
                ResultSet shown = statement.executeQuery("select current_setting('tcp_keepalives_idle') || ' '"
                        + " || current_setting('tcp_keepalives_interval') || ' '"
                        + " || current_setting('tcp_keepalives_count')"
                        + " || ' ' || current_setting('application_name')")) {
            assertThat(shown.next()).isTrue();
            assertThat(shown.getString(1)).isEqualTo("5 2 3 relayed-relay");
        }
    }
}
