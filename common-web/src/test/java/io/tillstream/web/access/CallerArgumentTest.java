package io.tillstream.web.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.web.Caller;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;

/** What a token's e-mail address is worth. */
class CallerArgumentTest {

    private static Caller caller(Object email) {
        return CallerArgument.caller(new JwtAuthenticationToken(
                Jwt.withTokenValue("t")
                        .header("alg", "none")
                        .subject("alice")
                        .claim("email", email)
                        .build(),
                List.of(),
                "alice"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice@example.com", "alice.liddell+books@mail.example.co.uk", "用户@例子.example"})
    void anAddressIsTaken(String email) {
        assertThat(caller(email).email()).isEqualTo(email);
    }

    /** It would be refused on its way to Stripe, and the user could not subscribe, whatever they do. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "alice",
                "@example.com",
                "alice@",
                "alice@@example.com",
                "alice@example..com",
                "alice liddell@example.com",
                "alice@-example.com",
                "alice@exa mple.com",
                "4242424242424242@example.com",
                "ada.4242-4242-4242-4242@example.com"
            })
    void whatIsNoAddressIsNone(String email) {
        assertThat(caller(email).email()).isNull();
    }

    @Test
    void norIsWhatIsTooLongOrNoText() {
        assertThat(caller("a".repeat(60) + "@" + "b.".repeat(300) + "example.com")
                        .email())
                .isNull();
        assertThat(caller(List.of("alice@example.com")).email()).isNull();
    }
}
