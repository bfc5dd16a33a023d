package io.tillstream.simulator.state;

import java.util.List;
import java.util.function.Consumer;

/**
 * A kind of work for later, made by {@link Timeline#work}.
 *
 * @param name stands in files, with what it is to be done with: so it survives the process, and never changes
 */
public record Work(String name, Consumer<List<String>> does) {}
