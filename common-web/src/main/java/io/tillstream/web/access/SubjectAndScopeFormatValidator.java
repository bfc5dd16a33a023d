package io.tillstream.web.access;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.Jwt;

/**
 * What we read of a token, besides its times and names, has the form that we read: a provider that is set up otherwise
 * gets 401 for its users, not 500. The subject is a key of all our tables.
 */
final class SubjectAndScopeFormatValidator implements OAuth2TokenValidator<Jwt> {

    private static final int LONGEST_SUBJECT = 255; // OpenID Connect's bound, of ASCII characters
    private static final int FIRST_BEYOND_ASCII = 128;

    /** Between our services a subject is a step of a path: whatever stands there may take these out of it, and name another. */
    private static final Set<String> STEPS_ELSEWHERE = Set.of(".", "..");

    /** Refused in a path also where it is the encoding of an encoding. */
    private static final List<String> ENCODED_CONTROLS = List.of("%00", "%0a", "%0d");

    @Override
    public OAuth2TokenValidatorResult validate(Jwt token) {
        if (!isSubject(token.getClaim("sub"))) {
            return refused("sub");
        }
        return isScope(token.getClaim("scope")) && isScope(token.getClaim("scp"))
                ? OAuth2TokenValidatorResult.success()
                : refused("scope");
    }

    private static boolean isSubject(@Nullable Object claim) {
        return claim instanceof String text
                && !text.isBlank()
                && text.length() <= LONGEST_SUBJECT
                && isPlain(text)
                && text.chars().allMatch(c -> c < FIRST_BEYOND_ASCII)
                && Arrays.stream(text.split("/")).noneMatch(STEPS_ELSEWHERE::contains)
                && ENCODED_CONTROLS.stream().noneMatch(text.toLowerCase(Locale.ROOT)::contains);
    }

    /** Words with spaces between them, or a list of words. */
    private static boolean isScope(@Nullable Object claim) {
        if (claim instanceof Collection<?> words) {
            return words.stream().allMatch(word -> word instanceof String text && isPlain(text));
        }
        return claim == null || (claim instanceof String text && isPlain(text));
    }

    private static boolean isPlain(String text) {
        return text.codePoints()
                .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
    }

    private static OAuth2TokenValidatorResult refused(String claim) {
        return OAuth2TokenValidatorResult.failure(
                new OAuth2Error("invalid_token", "The claim " + claim + " is not of the expected form.", null));
    }
}
