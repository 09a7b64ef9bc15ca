import { useEffect, useState } from "react";

const PATIENCE_MS = 200;

/** A value that is asked about a moment after it changed last. */
export function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
