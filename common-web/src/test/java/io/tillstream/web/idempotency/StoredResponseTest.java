package io.tillstream.web.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoredResponseTest {

    /** What was answered 406 may have been done: an answer is negotiated when it is written. A key of such a run is kept. */
    @ParameterizedTest
    @CsvSource({"400,true", "404,true", "409,true", "422,true", "402,false", "406,false", "500,false", "503,false"})
    void aRefusalSaysForCertainThatNothingWasDone(int status, boolean refusal) {
        assertThat(new StoredResponse(status, null, null, "").isRefusal()).isEqualTo(refusal);
    }
}
