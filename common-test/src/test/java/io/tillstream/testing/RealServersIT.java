package io.tillstream.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class RealServersIT {

    @Test
    void aForgottenTransactionIsEndedByTheServer() throws Exception {
        var database = TestPostgres.newDatabase();
        try (var service = DriverManager.getConnection("jdbc:" + database.url(), database.user(), database.password());
                var hand = database.connect()) {
            assertThat(limitOf(service)).isEqualTo("2min");
            assertThat(limitOf(hand))
                    .as("what a test holds is held until it lets go")
                    .isEqualTo("0");
        }
    }

    private static String limitOf(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var result = statement.executeQuery("show idle_in_transaction_session_timeout")) {
            result.next();
            return result.getString(1);
        }
    }

    @Test
    void whatWasAcknowledgedIsThereAfterTheBrokerWasKilled() throws Exception {
        try (KafkaProcess broker = KafkaProcess.start()) {
            try (var producer = new KafkaProducer<>(
                    Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()),
                    new StringSerializer(),
                    new ByteArraySerializer())) {
                try (var admin = org.apache.kafka.clients.admin.Admin.create(
                        Map.of("bootstrap.servers", broker.bootstrapServers()))) {
                    admin.createTopics(java.util.List.of(
                                    new org.apache.kafka.clients.admin.NewTopic("kept", 1, (short) 1)))
                            .all()
                            .get(60, TimeUnit.SECONDS);
                }
                producer.send(new ProducerRecord<>("kept", "key", "value".getBytes(StandardCharsets.UTF_8)))
                        .get(60, TimeUnit.SECONDS);
            }
            broker.stop();
            broker.restart();
            assertThat(TestKafka.records(broker.bootstrapServers(), "kept")).hasSize(1);
        }
    }
}
