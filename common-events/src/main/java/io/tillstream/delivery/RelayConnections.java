package io.tillstream.delivery;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** Opens the relay's own connection: a plain one, as its session holds the locks. */
final class RelayConnections {

    /** Seconds. A read that takes longer than the statement time-out means that the server is gone. */
    private static final String SOCKET_TIMEOUT = "10";

    private final String url;
    private final Properties properties = new Properties();

    RelayConnections(DeliverySettings settings) {
        this.url = "jdbc:" + settings.databaseUrl();
        properties.setProperty("user", settings.databaseUser());
        properties.setProperty("password", settings.databasePassword());
        properties.setProperty("socketTimeout", SOCKET_TIMEOUT);
        properties.setProperty("connectTimeout", SOCKET_TIMEOUT);
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("ApplicationName", settings.group() + "-relay");
    }

    Connection open() throws SQLException {
        return DriverManager.getConnection(url, properties);
    }
}
