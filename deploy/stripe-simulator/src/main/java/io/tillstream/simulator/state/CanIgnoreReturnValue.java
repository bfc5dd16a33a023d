package io.tillstream.simulator.state;

import java.lang.annotation.ElementType;
import java.lang.annotation.Target;

/** For methods that are called for what they do; what they return is for chaining. The build's checks know it by its name. */
@Target(ElementType.METHOD)
public @interface CanIgnoreReturnValue {}
