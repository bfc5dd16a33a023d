package io.tillstream.web.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaskingTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "key sk_test_abc123 used | key sk_test_**** used",
                "rk_live_abc | rk_live_****",
                "whsec_abc123 | whsec_****",
                "secret pi_3Abc_secret_Def456 | secret pi_3Abc_secret_****",
                "seti_1_secret_x | seti_1_secret_****",
                "mail alice@example.com now | mail a****@**** now",
                "Authorization: Bearer abcdefgh12345 | Authorization: Bearer ****",
                "token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln | token ****",
                "card 4242424242424242 | card ****",
            })
    void secretsAreMasked(String text, String masked) {
        assertThat(Masking.of(text)).isEqualTo(masked);
    }

    @Test
    void aLongLineHoldsNobodyUp() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean(); // what others do on the machine does not count
        for (String part :
                List.of("eyJ-", "eyJ", "a@", "@a.", "a.", "pi_", "pi_ ", "bearer ", "sk_live_ ", ".-", "a@a-")) {
            long start = threads.getCurrentThreadCpuTime();
            Masking.of(part.repeat(Masking.LONGEST / part.length()));
            assertThat(threads.getCurrentThreadCpuTime() - start)
                    .as(part)
                    .isLessThan(1_000_000_000L); // a square takes minutes
        }
    }

    @Test
    void idsStay() {
        String line =
                "Event evt_1 payment_intent.succeeded kept, pi_3Abc, cus_9, order 5f0c7a3e-7f3b-4d0c-9a2e-0d3c1b2a4f5e";
        assertThat(Masking.of(line)).isEqualTo(line);
    }
}
