package io.tillstream.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.spi.ConnectionFactory;
import io.tillstream.web.start.SharedDefaults;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.Properties;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.r2dbc.OptionsCapableConnectionFactory;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** A database whose host is gone says nothing: without probes of TCP, nobody would notice that for two hours. */
class LostServerTest {

    private static final String URL = "recorded:nowhere";

    private static DeliverySettings settings() {
        return new DeliverySettings(
                "orders",
                "",
                false,
                "",
                1,
                (short) 1,
                1,
                2,
                Duration.ofMillis(500),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofSeconds(15),
                3,
                Duration.ofSeconds(1),
                Duration.ofSeconds(15),
                URL,
                "somebody",
                "secret");
    }

    @Test
    void theRelaysConnectionsAreProbedFromBothEnds() throws SQLException {
        Recorded driver = new Recorded();
        DriverManager.registerDriver(driver);
        try {
            assertThatThrownBy(() -> new RelayConnections(settings()).open()).hasMessage(Recorded.NOBODY);
        } finally {
            DriverManager.deregisterDriver(driver);
        }

        assertThat(driver.asked)
                .containsEntry("tcpKeepAlive", "true")
                .containsEntry("connectTimeout", "10")
                .containsEntry("socketTimeout", "10")
                .containsEntry("ApplicationName", "orders-relay");
        assertThat(driver.asked.getProperty("options"))
                .contains("-c tcp_keepalives_idle=5", "-c tcp_keepalives_interval=2", "-c tcp_keepalives_count=3");
    }

    @Test
    void theConnectionsOfEveryServicesPoolAreProbed() {
        new ApplicationContextRunner()
                .withInitializer(context ->
                        new SharedDefaults().postProcessEnvironment(context.getEnvironment(), new SpringApplication()))
                .withConfiguration(AutoConfigurations.of(R2dbcAutoConfiguration.class))
                .withPropertyValues(
                        "spring.r2dbc.url=r2dbc:postgresql://127.0.0.1:1/nothing",
                        "spring.r2dbc.username=somebody",
                        "spring.r2dbc.password=secret")
                .run(context -> assertThat(
                                OptionsCapableConnectionFactory.unwrapFrom(context.getBean(ConnectionFactory.class))
                                        .unwrap()
                                        .toString())
                        .contains("tcpKeepAlive=true", "connectTimeout=PT5S"));
    }

    /** Opens nothing, and keeps with what it was asked to. */
    private static final class Recorded implements Driver {

        private static final String NOBODY = "Nobody is there";

        private final Properties asked = new Properties();

        @Override
        public Connection connect(String url, Properties info) throws SQLException {
            if (!acceptsURL(url)) {
                return null;
            }
            asked.putAll(info);
            throw new SQLException(NOBODY);
        }

        @Override
        public boolean acceptsURL(String url) {
            return url.equals("jdbc:" + URL);
        }

        @Override
        public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
            return new DriverPropertyInfo[0];
        }

        @Override
        public int getMajorVersion() {
            return 1;
        }

        @Override
        public int getMinorVersion() {
            return 0;
        }

        @Override
        public boolean jdbcCompliant() {
            return false;
        }

        @Override
        public Logger getParentLogger() throws SQLFeatureNotSupportedException {
            throw new SQLFeatureNotSupportedException();
        }
    }
}
