package io.tillstream.web.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.util.MimeTypeUtils;

class ProblemMapperTest {

    /** As Stripe's webhook would be told, of which nothing is looked at before: it is no fault of ours. */
    @Test
    void moreAcceptedTypesThanSpringSortsAre406() {
        List<MediaType> types = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            types.add(new MediaType("text", "x-" + i));
        }
        Throwable thrown = null;
        try {
            MimeTypeUtils.sortBySpecificity(types);
        } catch (RuntimeException fault) {
            thrown = fault;
        }
        assertThat(thrown).isNotNull();
        assertThat(ProblemMapper.of(thrown).status()).isEqualTo(406);
    }
}
