package io.tillstream.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class VerifiedEventTest {

    private static VerifiedEvent read(String object) {
        return VerifiedEvent.read(JsonMapper.shared()
                .readTree("{\"id\":\"evt_1\",\"type\":\"a.b\",\"created\":1,\"livemode\":false,\"data\":{\"object\":"
                        + object + "}}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"id\":\"pi_1\",\"customer\":\"cus_1\"} | cus_1",
                "{\"id\":\"pi_1\",\"customer\":{\"id\":\"cus_2\"}} | cus_2",
                "{\"id\":\"pi_1\",\"customer\":null} | pi_1",
                "{\"id\":\"re_1\",\"payment_intent\":\"pi_2\"} | pi_2",
                "{\"id\":\"re_1\",\"payment_intent\":{\"id\":\"pi_3\"}} | pi_3",
                "{\"id\":\"cs_1\",\"customer\":\"cus_3\",\"payment_intent\":\"pi_2\"} | cus_3",
                "{\"id\":\"cus_4\",\"object\":\"customer\"} | cus_4",
                "{\"customer\":\"cus_5\",\"object\":\"invoice\"} | cus_5",
                "{\"object\":\"balance\"} | evt_1",
            })
    void theKeyIsTheCustomerElseTheIntentElseTheObject(String object, String key) {
        assertThat(read(object).key()).isEqualTo(key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "1",
                "{}",
                "{\"type\":\"a\",\"created\":1,\"livemode\":false,\"data\":{\"object\":{}}}",
                "{\"id\":\"evt\",\"created\":1,\"livemode\":false,\"data\":{\"object\":{}}}",
                "{\"id\":\"evt\",\"type\":\"a\",\"created\":\"1\",\"livemode\":false,\"data\":{\"object\":{}}}",
                "{\"id\":\"evt\",\"type\":\"a\",\"created\":1,\"data\":{\"object\":{}}}",
                "{\"id\":\"evt\",\"type\":\"a\",\"created\":1,\"livemode\":false,\"data\":{}}",
                "{\"id\":7,\"type\":\"a\",\"created\":1,\"livemode\":false,\"data\":{\"object\":{}}}",
                "{\"id\":\"evt\\u0000\",\"type\":\"a\",\"created\":1,\"livemode\":false,\"data\":{\"object\":{}}}",
                "{\"id\":\" \",\"type\":\"a\",\"created\":1,\"livemode\":false,\"data\":{\"object\":{}}}",
                "{\"id\":\"evt 1\",\"type\":\"a\",\"created\":1,\"livemode\":false,\"data\":{\"object\":{}}}",
                "{\"id\":\"évt\",\"type\":\"a\",\"created\":1,\"livemode\":false,\"data\":{\"object\":{}}}",
                "{\"id\":\"evt\",\"type\":\"a\\u0000\",\"created\":1,\"livemode\":false,\"data\":{\"object\":{}}}",
                "{\"id\":\"evt\",\"type\":\" \",\"created\":1,\"livemode\":false,\"data\":{\"object\":{}}}",
                "{\"id\":\"evt\",\"type\":\"a\\nb\",\"created\":1,\"livemode\":false,\"data\":{\"object\":{}}}",
                "{\"id\":\"evt\",\"type\":\"ä\",\"created\":1,\"livemode\":false,\"data\":{\"object\":{}}}",
            })
    void whatLacksAnEventsFieldsIsNone(String json) {
        assertThatThrownBy(() -> VerifiedEvent.read(JsonMapper.shared().readTree(json)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"{\"id\":\"pi_1\"},pi_1", "{\"customer\":\"cus_5\"},cus_5", "{\"object\":\"balance\"},evt_1"})
    void everyRecordSaysWhatItIsAbout(String object, String subject) {
        var header =
                read(object).toRecord("stripe.events", new byte[0]).headers().lastHeader("ce_subject");
        assertThat(new String(header.value(), StandardCharsets.UTF_8)).isEqualTo(subject);
    }

    @Test
    void aTimeBeyondAllClocksIsStillWritten() {
        var event = VerifiedEvent.read(
                JsonMapper.shared()
                        .readTree(
                                "{\"id\":\"e\",\"type\":\"a\",\"created\":9223372036854775807,\"livemode\":true,\"data\":{\"object\":{}}}"));
        assertThat(event.created().toString()).startsWith("9999");
    }
}
