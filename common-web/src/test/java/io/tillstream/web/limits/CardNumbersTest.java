package io.tillstream.web.limits;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CardNumbersTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "4242424242424242",
                "4242 4242 4242 4242",
                "4242-4242-4242-4242",
                "42 42 42 42 42 42 42 42",
                "42 42 42 42 42 42 42 42 12345678901234567890x",
                "\"number\":\"5555555555554444\"",
                "378282246310005",
                "3782 822463 10005",
                "6011111111111117",
                "3056930009020004",
                "3566002020360505",
                "6205500000000000004",
                "36227206271667",
                "3622 720627 1667",
                "4242 4242 4242 4242 12/28 123",
                "4242424242424242.00",
                "pay 2 times with 4242 4242 4242 4242 or 5",
                "4242424242424242,4000056655665556",
                "card:4000002500003155;",
                "4242/4242/4242/4242",
                "4242_4242_4242_4242",
                "4242 4242/4242 4242",
                "4242/4242 4242/4242",
                "4242/4242-4242/4242",
                "4242 4242 4242/4242",
                "4242|4242 4242 4242",
                "4242-4242_4242-4242",
                "4242:4242\u00a04242:4242",
                "3782/822463 10005",
                "Karte 4242 4242/4242 4242, danke",
                "4242 - 4242 - 4242 - 4242",
                "42424242 42424242",
                "4242\u28004242\u28004242\u28004242",
                "4242\u31644242\u115f4242\u11604242",
                "4242\uffa04242 4242\uffa04242",
                "Kto DE89 3704 0044 0532 0130 00, Karte 4242 4242 4242 4242",
                "DE89 4242 4242 4242 4242 00", // no account: its check digits are wrong
                "DEUTSCHE 4242 4242 4242 4242",
            })
    void aCardNumberIsFound(String text) {
        assertThat(CardNumbers.in(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "4242424242424241",
                "pi_4242424242424242",
                "pm_1Ab4242424242424242",
                "4242424242424242x",
                "cs_test_4242424242424242",
                "42424242-4242-4242-a242-424242424242",
                "42424242-4242-4242-4242-424242424242",
                "VISA4242424242424242",
                "+4242424242424242",
                "+4242 4242 4242 4242",
                "42424242/42424242",
                "2345 6789 / 2345 6789",
                "4242 4242 / 4242 4242",
                "4242 4242 /4242 4242",
                "0.4242424242424242",
                "4222222222222", // a product's code (EAN-13) as well; Visa has given out no number of 13 digits for
                // decades
                "23.12.2026 - 24.12.2026",
                "40, 42, 44, 46, 48, 50, 52, 54",
                "1785585600",
                "1785585600123",
                "42424242424242424242424242424242",
                "Musterstraße 12, 80331 München",
                "{\"amount\":1999,\"quantity\":3,\"expMonth\":12,\"expYear\":2030}",
            })
    void whatIsNoneIsLeftAlone(String text) {
        assertThat(CardNumbers.in(text)).isFalse();
    }

    @Test
    void maskingTakesTheNumberAndLeavesIds() {
        assertThat(CardNumbers.masked("for 4242 4242 4242 4242, pi_4242424242424242"))
                .isEqualTo("for ****, pi_4242424242424242");
    }
}
