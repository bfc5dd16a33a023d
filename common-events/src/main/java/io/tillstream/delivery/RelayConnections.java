package io.tillstream.delivery;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** Opens the relay's own connections: plain ones, so that a full pool never keeps events waiting. */
class RelayConnections {

    /** Seconds. A read that takes longer than the statement time-out means that the server is gone. */
    private static final String SOCKET_TIMEOUT = "10";

    /** The server ends the session of a host that is gone after 11 s, not after TCP's two hours. */
    private static final String KEEPALIVES =
            "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3";

    private final String url;
    private final Properties properties = new Properties();

    RelayConnections(DeliverySettings settings) {
        this.url = "jdbc:" + settings.databaseUrl();
        properties.setProperty("user", settings.databaseUser());
        properties.setProperty("password", settings.databasePassword());
        properties.setProperty("socketTimeout", SOCKET_TIMEOUT);
        properties.setProperty("connectTimeout", SOCKET_TIMEOUT);
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("options", KEEPALIVES);
        properties.setProperty("ApplicationName", settings.group() + "-relay");
    }

    Connection open() throws SQLException {
        return DriverManager.getConnection(url, properties);
    }
}
