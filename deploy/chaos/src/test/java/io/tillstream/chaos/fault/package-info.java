@NullMarked
package io.tillstream.chaos.fault;

import org.jspecify.annotations.NullMarked;
