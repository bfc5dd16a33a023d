package io.tillstream.ingest.intake;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.net.Webhook;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignatureVerifierTest {

    private static final Instant NOW = Instant.parse("2026-08-01T12:00:00Z");
    private static final String BODY = "{\"id\":\"evt_1\"}";

    private final SignatureVerifier signature =
            new SignatureVerifier(List.of("whsec_new", "whsec_old"), Clock.fixed(NOW, ZoneOffset.UTC));

    private static String header(String secret, long offset) throws Exception {
        return Webhook.Signature.generateSignatureHeader(BODY, secret, NOW.getEpochSecond() + offset);
    }

    private String fault(String header) {
        return signature.fault(BODY.getBytes(StandardCharsets.UTF_8), header);
    }

    @Test
    void theCurrentAndThePreviousSecretAreGood() throws Exception {
        assertThat(fault(header("whsec_new", 0))).isNull();
        assertThat(fault(header("whsec_old", 0))).isNull();
        assertThat(fault(header("whsec_other", 0))).isEqualTo("wrong");
    }

    @Test
    void theTimeIsBoundedBothWays() throws Exception {
        assertThat(fault(header("whsec_new", -300))).isNull();
        assertThat(fault(header("whsec_new", 300))).isNull();
        assertThat(fault(header("whsec_new", -301))).isEqualTo("wrong-time");
        assertThat(fault(header("whsec_new", 301))).isEqualTo("wrong-time");
    }

    @Test
    void aSecondTimeInTheHeaderDoesNotReplaceTheSignedOne() throws Exception {
        String old = header("whsec_new", -1_000);
        assertThat(fault(old + ",t=" + NOW.getEpochSecond())).isEqualTo("wrong-time");
        assertThat(fault("t=" + NOW.getEpochSecond() + "," + old)).isEqualTo("wrong");
    }

    @Test
    void otherBytesUnderTheSignatureAreRefused() throws Exception {
        assertThat(signature.fault((BODY + " ").getBytes(StandardCharsets.UTF_8), header("whsec_new", 0)))
                .isEqualTo("wrong");
        String replaced = "\uFFFD";
        String header = Webhook.Signature.generateSignatureHeader(replaced, "whsec_new", NOW.getEpochSecond());
        assertThat(signature.fault(new byte[] {(byte) 0xff}, header)).isEqualTo("not-utf8");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "t",
                "t=",
                "t=x,v1=y",
                "v1",
                "v1=",
                ",,,,",
                "=",
                "t=1,v1",
                "t=99999999999999999999,v1=aa",
                "t=-1,v1=aa",
                "v0=aa,t=1",
                "t=1,v1=\u0000\u00ff",
            })
    void aHostileHeaderIsRefusedNotAnError(String header) {
        assertThat(fault(header)).isIn("hostile", "wrong", "wrong-time");
    }

    @Test
    void aMissingOrEndlessHeaderIsRefused() {
        assertThat(fault(null)).isEqualTo("missing");
        assertThat(fault(" ")).isEqualTo("missing");
        assertThat(fault("v1=a,".repeat(10_000))).isEqualTo("too-long");
    }
}
