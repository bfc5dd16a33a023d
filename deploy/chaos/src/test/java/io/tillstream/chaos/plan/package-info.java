@NullMarked
package io.tillstream.chaos.plan;

import org.jspecify.annotations.NullMarked;
