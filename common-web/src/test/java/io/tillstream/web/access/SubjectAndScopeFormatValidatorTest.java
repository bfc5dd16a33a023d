package io.tillstream.web.access;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.jwt.Jwt;

/** A subject is a key of all tables, and a step of the paths between the services. */
class SubjectAndScopeFormatValidatorTest {

    private static Iterable<OAuth2Error> faults(String subject) {
        return new SubjectAndScopeFormatValidator()
                .validate(Jwt.withTokenValue("t")
                        .header("alg", "none")
                        .subject(subject)
                        .build())
                .getErrors();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alice",
                "auth0|5f7c",
                "org/alice",
                "https://id.example.com/alice",
                "a%2Fb",
                "a;b",
                "a..b",
                ".a/b."
            })
    void eachFormThatProvidersHaveIsTaken(String subject) {
        assertThat(faults(subject)).isEmpty();
    }

    /** They would be told that all is well, and could never subscribe. */
    @ParameterizedTest
    @ValueSource(strings = {".", "..", "a/../b", "a/.", "./b", "a%0ab", "a%0Db", "%00"})
    void oneThatNamesAnotherPlaceIsRefusedByItsClaim(String subject) {
        assertThat(faults(subject))
                .singleElement()
                .extracting(OAuth2Error::getDescription)
                .asString()
                .contains("The claim sub");
    }
}
