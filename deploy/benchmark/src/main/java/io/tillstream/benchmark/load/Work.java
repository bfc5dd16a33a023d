package io.tillstream.benchmark.load;

import java.io.IOException;

/** What one client does again and again. */
public interface Work extends AutoCloseable {
    /**
     * Once, from the request to the answer.
     *
     * @throws WrongAnswer if it is not the answer that a user needs
     */
    void once() throws IOException;

    @Override
    void close() throws IOException;
}
