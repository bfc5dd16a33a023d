package io.tillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KafkaBrokerTest {
    /** One random id in 64 would: a first start in 64 would fail. */
    @Test
    void noClusterIdLooksLikeAnOptionOfKafkasTool() {
        assertThat(Stream.generate(KafkaBroker::clusterId).limit(2_000)).noneMatch(id -> id.startsWith("-"));
    }
}
