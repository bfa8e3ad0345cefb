# embed(target symbol dir): the files of dir as `const struct template_file symbol[]` inside target, in order of their names; an
# .html file goes by its name without the ending. Changing a file builds the list again.
function(embed target symbol dir)
	file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${dir}/*)
	set(out ${CMAKE_BINARY_DIR}/embedded/${symbol}.c)
	string(REPLACE ";" "|" list "${files}")
	add_custom_command(OUTPUT ${out}
		COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DSYMBOL=${symbol} "-DFILES=${list}" -P ${CMAKE_SOURCE_DIR}/cmake/embed_run.cmake
		DEPENDS ${files} ${CMAKE_SOURCE_DIR}/cmake/embed_run.cmake
		VERBATIM)
	target_sources(${target} PRIVATE ${out})
endfunction()
