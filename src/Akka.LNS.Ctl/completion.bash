# bash completion of lnsctl: eval "$(lnsctl completion bash)", or into /etc/bash_completion.d/lnsctl
_lnsctl() {
  local line=${COMP_LINE:0:COMP_POINT} word rest suggestion
  word=${line##*[[:space:]]}
  rest=${line#*[[:space:]]}
  # bash has cut the word at each of its COMP_WORDBREAKS: what stands before the last of them must not come again
  local before=${word%"${word##*[=:]}"}
  COMPREPLY=()
  while IFS= read -r suggestion; do
    if [[ $suggestion == "$word"* ]]; then COMPREPLY+=("${suggestion#"$before"}"); fi
  done < <("${COMP_WORDS[0]}" "[suggest:$((${#rest} + 7))]" "lnsctl $rest" 2>/dev/null)
  # a filter's value follows at once
  if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null; fi
  return 0
}
complete -o default -F _lnsctl lnsctl
