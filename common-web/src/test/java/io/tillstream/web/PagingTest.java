package io.tillstream.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PagingTest {

    @Test
    void aCursorComesBackAsItWas() {
        Cursor cursor = new Cursor(Instant.parse("2026-08-01T12:00:00.123456Z"), "a:b.c");
        assertThat(Cursor.read(cursor.encoded())).isEqualTo(cursor);
    }

    /** A list of users would end at one of these. */
    @ParameterizedTest
    @ValueSource(ints = {1, 204, 255})
    void aCursorThatWasGivenOutIsTakenWhateverTheUsersId(int length) {
        for (String letter : List.of("u", " u", "~")) {
            String id = letter.repeat(length).substring(0, length).replaceFirst("^ $", "u");
            Cursor cursor = new Cursor(Instant.parse("9999-08-01T12:00:00.123456789Z"), id);
            assertThat(Cursor.read(cursor.encoded())).isEqualTo(cursor);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%",
                "1.0:",
                "1.0:a\u0000",
                "1.0: ",
                "1.0:\u00e4",
                ".0:a",
                "1:a",
                "x.y:a",
                "1.-1:a",
                "-1.0:a",
                "99999999999999.0:a",
                ":",
                "1.1000000000:a"
            })
    void whatWasNotGivenOutIs400(String plain) {
        String encoded = plain.equals("%")
                ? plain
                : Base64.getUrlEncoder().encodeToString(plain.getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> Cursor.read(encoded))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.status()).isEqualTo(400));
    }

    @Test
    void theNextPageBeginsBehindTheLastShown() {
        Paging paging = Paging.read("2", null);
        Page<String> page = Page.of(List.of("a", "b", "c"), paging, id -> new Cursor(Instant.EPOCH, id));
        assertThat(page.data()).containsExactly("a", "b");
        assertThat(page.nextCursor()).isEqualTo(new Cursor(Instant.EPOCH, "b").encoded());
        assertThat(Page.of(List.of("a", "b"), paging, id -> new Cursor(Instant.EPOCH, id))
                        .nextCursor())
                .isNull();
    }
}
