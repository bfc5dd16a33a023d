package io.tillstream.web.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tillstream.web.Problem;
import org.junit.jupiter.api.Test;

/** What is counted is what came, not what was announced; and all that was counted is given back. */
class BodyMemoryTest {

    private final BodyMemory memory = new BodyMemory(100, 60);

    @Test
    void aBodyTakesMoreAsItComes() {
        BodyMemory.Share share = memory.share("one");
        share.hold(10);
        share.hold(5); // is among what it has
        share.hold(60);
        assertThatThrownBy(() -> share.hold(61)).isInstanceOf(Problem.class).hasMessageContaining("Too many");
        assertThatNoException().isThrownBy(() -> memory.share("another").hold(40));
        assertThatThrownBy(() -> memory.share("third").hold(1)).hasMessageContaining("too much to read");
    }

    @Test
    void whatWasHeldIsThereForTheNext() {
        for (int round = 0; round < 3; round++) {
            BodyMemory.Share share = memory.share("one");
            share.hold(10);
            share.hold(60);
            assertThatThrownBy(() -> share.hold(70)).isInstanceOf(Problem.class);
            share.giveBack();
        }
        assertThat(memory.share("one")).satisfies(share -> share.hold(60));
    }
}
